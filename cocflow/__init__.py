"""cocflow: a community's Code of Conduct incident process on the issues of a private GitHub repository."""

"""The processes as files: loading, checking, telling and drawing them."""

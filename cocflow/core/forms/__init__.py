"""Issue forms: from a template to answers and back."""

"""A province in miniature: clerks who fill the real templates, night after night."""

"""The province's notices as pages and jobs read them."""

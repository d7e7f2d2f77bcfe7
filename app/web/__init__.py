"""The page kit: access, transaction, filters, components' helpers, error pages."""

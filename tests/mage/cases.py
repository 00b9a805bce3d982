"""What the cases have in common."""
PIPELINES = {'customers': 'Customer', 'invoices': 'Invoice', 'items': 'Item'}
YEAR = {'fecha_inicio': '2025-01-01T00:00:00Z', 'fecha_fin': '2025-07-01T00:00:00Z',
        'chunk_days': 14, 'page_size': 50}

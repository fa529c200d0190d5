"""Where presence comes from: SuperOffice."""

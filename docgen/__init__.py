"""From records to documents: Word by docxtpl, PDF by LibreOffice."""

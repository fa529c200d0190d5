"""SuperOffice NetServer over SOAP: the only place that knows zeep."""

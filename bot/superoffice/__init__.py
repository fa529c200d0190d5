"""Where it comes from: NetServer over SOAP."""

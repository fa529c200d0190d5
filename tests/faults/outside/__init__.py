"""Put on a bot's PYTHONPATH, this folder lets a test change the machine under it: see `sitecustomize`."""

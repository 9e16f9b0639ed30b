"""The services: what each takes, refuses and answers. Facts about them are in `contracts.yml`."""

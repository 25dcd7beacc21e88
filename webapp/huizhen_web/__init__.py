"""The pages of Huizhen: one folder per role, over the services of the package huizhen."""

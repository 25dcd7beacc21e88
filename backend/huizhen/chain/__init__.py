"""The room that speaks with the chain: compiler, deployer, client, statements, relay."""

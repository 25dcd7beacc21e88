"""The two stores: `index` projects the chain and can go, `office` is this operator's durable record."""

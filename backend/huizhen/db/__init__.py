"""The two stores: `index` projects the chain and is disposable, `office` is this operator's durable record."""

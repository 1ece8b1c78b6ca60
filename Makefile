# The few commands a person needs. `make test` is what CI runs; the demo and the tests use the dev profile, benchmarks the release profile.
.PHONY: demo test lint fmt bench evals clean-test-servers

demo:
	@scripts/setup
	cargo build --locked --package agent-bill
	@cargo run --quiet --locked --package agent-bill -- demo run

test:
	@scripts/test

lint:
	@scripts/lint

fmt:
	cargo fmt --all

bench:
	@scripts/setup
	scripts/bench

evals:
	@scripts/setup
	cargo run --quiet --locked --package agent-bill-evals -- run

clean-test-servers:
	scripts/test-postgres stop
	scripts/test-bedrock stop

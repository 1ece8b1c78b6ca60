# The few commands a person needs. `make test` is what CI runs; the demo and the tests use the dev profile, benchmarks the release profile.
.PHONY: demo test lint fmt bench clean-postgres

demo:
	@scripts/setup
	cargo build --locked --package agent-bill
	@cargo run --quiet --locked --package agent-bill -- demo run

test:
	@scripts/test

lint:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets

fmt:
	cargo fmt --all

bench:
	@scripts/setup
	scripts/bench

clean-postgres:
	scripts/test-postgres stop

# Names for the few commands a person needs; `./demo` and `./test` do without make. Both use the dev profile, benchmarks the release profile.
.PHONY: demo test lint fmt bench evals clean-test-servers

demo:
	@./demo

test:
	@./test

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

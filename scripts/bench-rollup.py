"""Times our rollup and DuckDB's aggregate over the same files, checks that they agree, and prints a table.

usage: bench-rollup.py AGENT_BILL EXPORT_DIR WORK_DIR THREADS      (called by scripts/bench)
       bench-rollup.py --duckdb EXPORT_DIR THREADS                 (what it runs, in a process of its own, to measure DuckDB)

Each run is a process of its own, so its peak memory is what the kernel counted for that process. Of each pair of runs the faster one counts.
DuckDB gets the easier task: the same predicate over the same columns and the same kind of groups, but nothing of the strings is interpreted
(no model, no principal's role, no token counts, no tags), and nothing is written.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 2

# Rows of the bill are Bedrock's by any of these; see crates/billing/src/predicate.rs. Split cost allocation repeats what other lines bill.
QUERY = """
WITH bedrock AS (
  SELECT *, line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'FlatRateSubscription') AS is_usage
  FROM read_parquet($files, hive_partitioning = false)
  WHERE (line_item_product_code IN ('AmazonBedrock', 'AmazonBedrockService', 'AmazonBedrockFoundationModels', 'AmazonBedrockAgentCore')
      OR product_servicecode IN ('AmazonBedrock', 'AmazonBedrockService', 'AmazonBedrockFoundationModels', 'AmazonBedrockAgentCore')
      OR product_product_family = 'Amazon Bedrock'
      OR (bill_billing_entity = 'AWS Marketplace' AND product['product_name'] LIKE '%(Amazon Bedrock Edition)%')
      OR line_item_resource_id LIKE 'arn:aws%:bedrock:%'
      OR line_item_iam_principal <> '')
    AND coalesce(line_item_operation, '') NOT IN ('EKSPod-EC2', 'ECSTask-EC2')
), daily AS (
  SELECT CAST(line_item_usage_start_date AS DATE) AS usage_date, bill_payer_account_id, line_item_usage_account_id, product_region_code,
         bill_billing_entity, line_item_product_code, product_servicecode, is_usage, line_item_line_item_type, line_item_usage_type,
         line_item_operation, pricing_unit, line_item_resource_id, product['provider'] AS provider, product['model'] AS model,
         product['product_name'] AS product_name, line_item_currency_code, bill_invoice_id,
         split_part(line_item_iam_principal, '/', 2) AS caller,
         sum(CAST(round(line_item_unblended_cost * 1e9) AS BIGINT)) AS unblended_nano,
         sum(CAST(round(line_item_net_unblended_cost * 1e9) AS BIGINT)) AS net_nano,
         sum(CAST(round(pricing_public_on_demand_cost * 1e9) AS BIGINT)) AS public_nano,
         sum(line_item_usage_amount) AS amount, count(*) AS lines, max(line_item_usage_end_date) AS last_end
  FROM bedrock GROUP BY ALL
)
SELECT CAST(sum(lines) AS BIGINT), CAST(sum(unblended_nano) FILTER (WHERE is_usage) AS BIGINT), count(*) FROM daily
"""


def manifest_files(export):
    """The files that count, as the manifests name them."""
    files = []
    for manifest in sorted(export.glob("*/metadata/BILLING_PERIOD=*/*-Manifest.json")):
        data = manifest.parents[2] / "data" / manifest.parent.name
        files += [str(data / key.rsplit("/", 1)[-1]) for key in json.loads(manifest.read_text())["dataFiles"]]
    return files


def run_duckdb(export, threads):
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    connection.execute("SET preserve_insertion_order = false")
    started = time.perf_counter()
    bedrock, usage_nano, groups = connection.execute(QUERY, {"files": manifest_files(export)}).fetchone()
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "bedrock": bedrock, "usage_nano": usage_nano, "rows": groups, "version": duckdb.__version__}))


def measured(command, environment=None):
    """Output, seconds and peak resident memory (MiB) of a command."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        output.seek(0)
        text = output.read()
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"bench: `{Path(command[0]).name}` failed:\n{text}")
    return text, seconds, usage.ru_maxrss / 1024


def best(run):
    return min((run() for _ in range(RUNS)), key=lambda result: result["seconds"])


def our_read(export, threads):
    text, _, _ = measured(["cargo", "bench", "--locked", "--package", "agent-bill", "--bench", "rollup", "--", str(export), str(threads)])
    figures = dict(part.split("=", 1) for part in text.split())
    return {
        "seconds": float(figures["seconds"]),
        "peak_mib": int(figures["peak_memory_kib"]) / 1024,
        "lines": int(figures["lines"]),
        "bedrock": int(figures["bedrock"]),
        "rows": int(figures["daily_rows"]),
        "usage_nano": int(figures["usage_nano"]),
    }


def our_rollup(program, export, work, threads):
    database = work / "rollup.db"
    for stale in work.glob("rollup.db*"):
        stale.unlink()
    command = [program, "rollup", "--export", str(export), "--threads", str(threads)]
    _, seconds, peak_mib = measured(command, {"AGENT_BILL_DATABASE_URL": f"sqlite:{database}"})
    return {"seconds": seconds, "peak_mib": peak_mib}


def duckdb_aggregate(export, threads):
    text, _, peak_mib = measured([sys.executable, __file__, "--duckdb", str(export), str(threads)])
    return {**json.loads(text), "peak_mib": peak_mib}


def describe(export):
    """Files, MiB and columns, as DuckDB sees them."""
    import duckdb

    files = manifest_files(export)
    columns = len(duckdb.execute("SELECT * FROM read_parquet($files, hive_partitioning = false) LIMIT 0", {"files": files[:1]}).description)
    return len(files), sum(Path(file).stat().st_size for file in files) / 1024**2, columns


def main(program, export, work, threads):
    export, work = Path(export), Path(work)
    files, mib, columns = describe(export)
    for file in manifest_files(export):  # everybody reads from memory
        Path(file).read_bytes()
    ours = best(lambda: our_read(export, threads))
    whole = best(lambda: our_rollup(program, export, work, threads))
    duck = best(lambda: duckdb_aggregate(export, threads))
    share = 100 * ours["bedrock"] / ours["lines"]
    print(f"Rollup of {ours['lines']:,} lines ({share:.0f} % Bedrock), {columns} columns, {files} Parquet files, {mib:,.0f} MiB, {threads} threads")
    print(f"  {'':<46}{'time':>9}{'lines/s':>14}{'peak memory':>14}{'rows':>10}")
    table = [
        ("agent-bill: read and aggregate", ours, ours["rows"]),
        ("agent-bill rollup: the same, stored in SQLite", whole, ours["rows"]),
        (f"DuckDB {duck['version']}: aggregate", duck, duck["rows"]),
    ]
    for name, run, rows in table:
        rate = ours["lines"] / run["seconds"]
        print(f"  {name:<46}{run['seconds']:>7.2f} s{rate:>14,.0f}{run['peak_mib']:>10,.0f} MiB{rows:>10,}")
    same = (ours["bedrock"], ours["usage_nano"]) == (duck["bedrock"], duck["usage_nano"])
    print(f"  Bedrock lines {ours['bedrock']:,} and {duck['bedrock']:,}; usage {ours['usage_nano']} and {duck['usage_nano']} nano-USD: {'equal' if same else 'DIFFERENT'}")
    if not same:
        sys.exit("bench: the sums differ")


if __name__ == "__main__":
    if sys.argv[1] == "--duckdb":
        run_duckdb(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))

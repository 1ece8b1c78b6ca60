//! Prints how many access tokens a second one thread checks: `cargo bench --bench token_checks`.

use std::io::Write as _;
use std::time::Duration;

use agent_bill_identity::measure_token_checks;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let measured = measure_token_checks(Duration::from_secs(3)).await?;
    let (rate, bytes) = (measured.per_second(), measured.token_bytes);
    writeln!(std::io::stdout(), "token checks: {rate} a second on one thread (RS256, 2048-bit key, {bytes}-byte token)")?;
    Ok(())
}

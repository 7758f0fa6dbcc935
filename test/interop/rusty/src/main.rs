// A rusty-bacnet peer of the interoperability tests: `rusty-peer device|client`. JSON lines on stdin: the
// configuration, then orders; answers leave as JSON lines on stdout.
// The stack is rusty-bacnet's; the handlers and the procedure are the test's own.

mod client;
mod device;
mod lines;

use std::error::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let role = arguments.next().ok_or("no role")?;
    let mut orders = lines::Commands::new();
    let config = orders.next().await?.ok_or("no configuration")?;
    match role.as_str() {
        "device" => device::run(&config, orders).await,
        "client" => client::run(&config, orders).await,
        other => Err(format!("no such role: {other}").into()),
    }
}

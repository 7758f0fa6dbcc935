// A rusty-bacnet peer of the interoperability tests: `rusty-peer device|client CONFIGURATION`, the
// configuration as JSON. Commands come as JSON lines on stdin, answers leave as JSON lines on stdout.
// The stack is rusty-bacnet's; the handlers and the procedure are the test's own.

mod client;
mod device;
mod lines;

use std::error::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let role = arguments.next().ok_or("no role")?;
    let config = serde_json::from_str(&arguments.next().ok_or("no configuration")?)?;
    match role.as_str() {
        "device" => device::run(&config).await,
        "client" => client::run(&config).await,
        other => Err(format!("no such role: {other}").into()),
    }
}

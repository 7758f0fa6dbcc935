// The lines between a peer and the test, and the few conversions that JSON needs.

use std::error::Error;
use std::io::Write;
use std::net::Ipv4Addr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};

pub type Outcome<T> = Result<T, Box<dyn Error>>;

pub fn say(message: &Value) {
    println!("{message}");
    let _ = std::io::stdout().flush();
}

pub struct Commands(Lines<BufReader<Stdin>>);

impl Commands {
    pub fn new() -> Self {
        Self(BufReader::new(tokio::io::stdin()).lines())
    }

    /// The next line of the test; none when it closed our stdin.
    pub async fn next(&mut self) -> Outcome<Option<Value>> {
        Ok(match self.0.next_line().await? {
            Some(line) => Some(serde_json::from_str(&line)?),
            None => None,
        })
    }
}

pub fn number(value: &Value, key: &str) -> Outcome<u32> {
    let found = value[key]
        .as_u64()
        .ok_or_else(|| format!("{key}: not a number"))?;
    Ok(u32::try_from(found)?)
}

pub fn text<'a>(value: &'a Value, key: &str) -> Outcome<&'a str> {
    value[key]
        .as_str()
        .ok_or_else(|| format!("{key}: not a text").into())
}

/// An address of 127.0.0.0/8; the tests use no other.
pub fn loopback(value: &Value) -> Outcome<Ipv4Addr> {
    let address: Ipv4Addr = text(value, "address")?.parse()?;
    if address.is_loopback() {
        Ok(address)
    } else {
        Err(format!("{address}: not loopback").into())
    }
}

pub fn octets_of(hex: &str) -> Outcome<Vec<u8>> {
    (0..hex.len())
        .step_by(2)
        .map(|at| Ok(u8::from_str_radix(&hex[at..at + 2], 16)?))
        .collect()
}

pub fn hex_of(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// What a file holds, as every peer tells it.
pub fn dump_of(instance: u32, content: &Content) -> Value {
    match content {
        Content::Stream(octets) => serde_json::json!({
            "instance": instance, "access": "stream", "hex": hex_of(octets), "recordLengths": null,
        }),
        Content::Records(records) => serde_json::json!({
            "instance": instance,
            "access": "record",
            "hex": hex_of(&records.concat()),
            "recordLengths": records.iter().map(Vec::len).collect::<Vec<_>>(),
        }),
    }
}

#[derive(Clone)]
pub enum Content {
    Stream(Vec<u8>),
    Records(Vec<Vec<u8>>),
}

/// The content of a file in a configuration or a command.
pub fn content_of(file: &Value) -> Outcome<Content> {
    if file["access"] == "record" {
        let records = file["records"].as_array().ok_or("records: not a list")?;
        let all = records
            .iter()
            .map(|record| octets_of(record.as_str().unwrap_or_default()));
        Ok(Content::Records(all.collect::<Outcome<_>>()?))
    } else {
        Ok(Content::Stream(octets_of(
            file["hex"].as_str().unwrap_or_default(),
        )?))
    }
}

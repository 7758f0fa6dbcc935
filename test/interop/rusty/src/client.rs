// A client on rusty-bacnet that drives the DM-BR procedures against the simulator. The procedure is the
// test's own, after clause 19.1, not after the engine.

use bacnet_client::client::BACnetClient;
use bacnet_client::discovery::RoutedDeviceConfig;
use bacnet_services::file::{
    AtomicWriteFileAck, FileAccessMethod as Reading, FileReadAckMethod,
    FileWriteAccessMethod as Writing, FileWriteAckMethod,
};
use bacnet_services::object_mgmt::ObjectSpecifier;
use bacnet_services::who_is::DeviceInstanceRange;
use bacnet_transport::bip::BipTransport;
use bacnet_types::enums::{
    ObjectType, PropertyIdentifier as Property, ReinitializedState as Asked, Segmentation,
};
use bacnet_types::primitives::ObjectIdentifier;
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::lines::{Commands, Content, Outcome, dump_of, loopback, number, octets_of, say, text};

const PERFORMING_A_BACKUP: u32 = 3;
const PERFORMING_A_RESTORE: u32 = 4;

struct Client {
    bacnet: BACnetClient<BipTransport>,
    device: ObjectIdentifier,
    password: Option<String>,
    chunk: u32,
    records_at_once: u32,
    image: Vec<(ObjectIdentifier, Content)>,
}

/// The unsigned, enumerated or object identifier values in application tagged octets; the rest is not
/// needed here.
fn numbers_in(octets: &[u8]) -> Vec<u32> {
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < octets.len() {
        let length = usize::from(octets[at] & 0x07);
        numbers.push(
            octets[at + 1..=at + length]
                .iter()
                .fold(0, |sum, octet| sum << 8 | u32::from(*octet)),
        );
        at += 1 + length;
    }
    numbers
}

impl Client {
    fn instance(&self) -> u32 {
        self.device.instance_number()
    }

    async fn read(
        &self,
        object: ObjectIdentifier,
        property: Property,
        index: Option<u32>,
    ) -> Outcome<Vec<u32>> {
        let ack = self
            .bacnet
            .read_property_from_device(self.instance(), object, property, index)
            .await?;
        Ok(numbers_in(&ack.property_value))
    }

    async fn reinitialize(&self, state: Asked, password: Option<String>) -> Outcome<()> {
        let password = password.or_else(|| self.password.clone());
        Ok(self
            .bacnet
            .reinitialize_device_from_device(self.instance(), state, password)
            .await?)
    }

    async fn until(&self, state: u32) -> Outcome<()> {
        for _ in 0..200 {
            if self
                .read(self.device, Property::BACKUP_AND_RESTORE_STATE, None)
                .await
                .ok()
                == Some(vec![state])
            {
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err(format!("never reached state {state}").into())
    }

    async fn read_stream(&self, file: ObjectIdentifier) -> Outcome<Vec<u8>> {
        let mut octets = Vec::new();
        loop {
            let start = i32::try_from(octets.len())?;
            let access = Reading::Stream {
                file_start_position: start,
                requested_octet_count: self.chunk,
            };
            let ack = self
                .bacnet
                .atomic_read_file_decoded_from_device(self.instance(), file, access)
                .await?;
            match ack.access {
                FileReadAckMethod::Stream {
                    file_start_position,
                    file_data,
                } if file_start_position == start => {
                    octets.extend(file_data);
                }
                other => return Err(format!("at {start}: {other:?}").into()),
            }
            if ack.end_of_file {
                return Ok(octets);
            }
        }
    }

    async fn read_records(&self, file: ObjectIdentifier) -> Outcome<Vec<Vec<u8>>> {
        let mut records = Vec::new();
        loop {
            let start = i32::try_from(records.len())?;
            let access = Reading::Record {
                file_start_record: start,
                requested_record_count: self.records_at_once,
            };
            let ack = self
                .bacnet
                .atomic_read_file_decoded_from_device(self.instance(), file, access)
                .await?;
            match ack.access {
                FileReadAckMethod::Record {
                    file_start_record,
                    file_record_data,
                    ..
                } if file_start_record == start => {
                    records.extend(file_record_data);
                }
                other => return Err(format!("at {start}: {other:?}").into()),
            }
            if ack.end_of_file {
                return Ok(records);
            }
        }
    }

    async fn write(&self, file: ObjectIdentifier, start: usize, access: Writing) -> Outcome<()> {
        let octets = self
            .bacnet
            .atomic_write_file_from_device(self.instance(), file, access)
            .await?;
        let written = match AtomicWriteFileAck::decode(&octets)?.access {
            FileWriteAckMethod::Stream {
                file_start_position,
            } => file_start_position,
            FileWriteAckMethod::Record { file_start_record } => file_start_record,
        };
        if usize::try_from(written)? == start {
            Ok(())
        } else {
            Err(format!("{written}, not {start}").into())
        }
    }

    async fn write_content(&self, file: ObjectIdentifier, content: &Content) -> Outcome<()> {
        match content {
            Content::Stream(octets) => {
                for (part, data) in octets.chunks(self.chunk as usize).enumerate() {
                    let start = part * self.chunk as usize;
                    let access = Writing::Stream {
                        file_start_position: i32::try_from(start)?,
                        file_data: data.to_vec(),
                    };
                    self.write(file, start, access).await?;
                }
            }
            Content::Records(records) => {
                for (part, data) in records.chunks(self.records_at_once as usize).enumerate() {
                    let start = part * self.records_at_once as usize;
                    let access = Writing::Record {
                        file_start_record: i32::try_from(start)?,
                        record_count: u32::try_from(data.len())?,
                        file_record_data: data.to_vec(),
                    };
                    self.write(file, start, access).await?;
                }
            }
        }
        Ok(())
    }

    /// Size to 0 first where the size is another, as the BTL rule says (the value is an Unsigned 0).
    async fn resize(&self, file: ObjectIdentifier, content: &Content) -> Outcome<()> {
        let (property, size) = match content {
            Content::Stream(octets) => (Property::FILE_SIZE, octets.len()),
            Content::Records(records) => (Property::RECORD_COUNT, records.len()),
        };
        if self.read(file, property, None).await? != [u32::try_from(size)?] {
            let zero = octets_of("2100")?;
            self.bacnet
                .write_property_to_device(self.instance(), file, property, None, zero, None)
                .await?;
        }
        Ok(())
    }

    async fn backup(&mut self) -> Outcome<Value> {
        self.reinitialize(Asked::START_BACKUP, None).await?;
        self.until(PERFORMING_A_BACKUP).await?;
        let count = self
            .read(self.device, Property::CONFIGURATION_FILES, Some(0))
            .await?[0];
        self.image.clear();
        for index in 1..=count {
            let raw = self
                .read(self.device, Property::CONFIGURATION_FILES, Some(index))
                .await?[0];
            let file = ObjectIdentifier::new(ObjectType::from_raw(raw >> 22), raw & 0x3F_FFFF)?;
            let is_record = self.read(file, Property::FILE_ACCESS_METHOD, None).await? == [0];
            let content = if is_record {
                Content::Records(self.read_records(file).await?)
            } else {
                Content::Stream(self.read_stream(file).await?)
            };
            self.image.push((file, content));
        }
        self.reinitialize(Asked::END_BACKUP, None).await?;
        self.until(0).await?;
        Ok(self.dump(0))
    }

    async fn restore(&self) -> Outcome<Value> {
        self.reinitialize(Asked::START_RESTORE, None).await?;
        self.until(PERFORMING_A_RESTORE).await?;
        let mut created = 0;
        for (file, content) in &self.image {
            if self.read(*file, Property::FILE_SIZE, None).await.is_err() {
                let specifier = ObjectSpecifier::Identifier(*file);
                self.bacnet
                    .create_object_from_device(self.instance(), specifier, Vec::new())
                    .await?;
                created += 1;
            }
            self.resize(*file, content).await?;
            self.write_content(*file, content).await?;
        }
        self.reinitialize(Asked::END_RESTORE, None).await?;
        self.until(0).await?;
        Ok(self.dump(created))
    }

    fn dump(&self, created: u32) -> Value {
        let files: Vec<_> = self
            .image
            .iter()
            .map(|(file, content)| dump_of(file.instance_number(), content))
            .collect();
        json!({ "kind": "done", "files": files, "created": created })
    }

    async fn obey(&mut self, command: &Value) -> Outcome<Value> {
        match text(command, "kind")? {
            "backup" => self.backup().await,
            "restore" => self.restore().await,
            "reinitialize" => {
                let password = command["password"].as_str().map(str::to_owned);
                self.reinitialize(Asked::from_raw(number(command, "state")?), password)
                    .await?;
                Ok(json!({ "kind": "done" }))
            }
            other => Err(format!("no such command: {other}").into()),
        }
    }
}

/// Makes the peer known: by a directed Who-Is, or as configured when it stands behind a router.
async fn bind(bacnet: &BACnetClient<BipTransport>, config: &Value) -> Outcome<()> {
    let instance = number(config, "instance")?;
    let target = octets_of(text(config, "target")?)?;
    if let Some(routed) = config["routed"].as_object() {
        let routed = Value::from(routed.clone());
        bacnet
            .add_routed_device(RoutedDeviceConfig {
                instance,
                router_mac: target,
                remote_network: u16::try_from(number(&routed, "network")?)?,
                remote_mac: octets_of(text(&routed, "mac")?)?,
                max_apdu_length: number(&routed, "maxApdu")?,
                segmentation_supported: Segmentation::BOTH,
                max_segments_accepted: None,
            })
            .await?;
        return Ok(());
    }
    for _ in 0..20 {
        bacnet
            .who_is_directed(&target, Some(DeviceInstanceRange::new(instance, instance)?))
            .await?;
        sleep(Duration::from_millis(100)).await;
        if bacnet.get_device(instance).await.is_some() {
            return Ok(());
        }
    }
    Err("no I-Am".into())
}

pub async fn run(config: &Value, mut commands: Commands) -> Outcome<()> {
    let bacnet = BACnetClient::bip_builder()
        .interface(loopback(config)?)
        .port(u16::try_from(number(config, "port")?)?)
        .broadcast_address("127.255.255.255".parse()?)
        .share_port_by_address(true) // bind this address, not all of them
        .max_apdu_length(u16::try_from(number(config, "maxApdu")?)?)
        .segmented_response_accepted(true)
        .apdu_timeout_ms(2000)
        .build()
        .await?;
    bind(&bacnet, config).await?;
    let mut client = Client {
        bacnet,
        device: ObjectIdentifier::new(ObjectType::DEVICE, number(config, "instance")?)?,
        password: config["password"].as_str().map(str::to_owned),
        chunk: number(config, "chunk")?,
        records_at_once: number(config, "recordsAtOnce")?,
        image: Vec::new(),
    };
    say(&json!({ "kind": "ready" }));
    while let Some(command) = commands.next().await? {
        match client.obey(&command).await {
            Ok(answer) => say(&answer),
            Err(refusal) => say(&json!({ "kind": "refused", "words": refusal.to_string() })),
        }
    }
    client.bacnet.stop().await?;
    Ok(())
}

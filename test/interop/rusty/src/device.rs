// A DM-BR-B device: File objects, file services and ReinitializeDevice's codec and password are
// rusty-bacnet's; the state machine of the procedure is ours, in its ReinitializeDevice handler.

use std::sync::{Arc, Mutex};

use bacnet_objects::database::ObjectDatabase;
use bacnet_objects::device::{DeviceConfig, DeviceObject, EXECUTED_SERVICES};
use bacnet_objects::device_identity::DeviceIdentity;
use bacnet_objects::file::FileObject;
use bacnet_objects::traits::BACnetObject;
use bacnet_server::server::BACnetServer;
use bacnet_types::enums::{
    BackupAndRestoreState, DeviceStatus, ErrorClass, ErrorCode, FileAccessMethod, ObjectType,
    PropertyIdentifier, ReinitializedState, Segmentation,
};
use bacnet_types::error::Error;
use bacnet_types::primitives::{BACnetTimeStamp, ObjectIdentifier, PropertyValue};
use serde_json::{Value, json};

use crate::lines::{Commands, Content, Outcome, content_of, dump_of, loopback, number, say, text};

type State = BackupAndRestoreState;

fn segmentation(config: &Value) -> Outcome<Segmentation> {
    Ok(match text(config, "segmentation")? {
        "segmented-both" => Segmentation::BOTH,
        "segmented-transmit" => Segmentation::TRANSMIT,
        "segmented-receive" => Segmentation::RECEIVE,
        "no-segmentation" => Segmentation::NONE,
        other => return Err(format!("no such segmentation: {other}").into()),
    })
}

fn file_id(instance: u32) -> Outcome<ObjectIdentifier> {
    Ok(ObjectIdentifier::new(ObjectType::FILE, instance)?)
}

fn make_file(config: &Value) -> Outcome<FileObject> {
    let instance = number(config, "instance")?;
    let mut file = FileObject::new(instance, format!("File {instance}"), "bacvault-interop")?;
    match content_of(config)? {
        Content::Stream(octets) => file.set_data(octets),
        Content::Records(records) => {
            file.set_file_access_method(FileAccessMethod::RECORD_ACCESS.to_raw());
            file.set_records(records);
        }
    }
    Ok(file)
}

fn make_database(identity: &DeviceIdentity, files: &[Value]) -> Outcome<ObjectDatabase> {
    let mut device = DeviceObject::new(DeviceConfig {
        identity: identity.clone(),
        backup_and_restore: true,
        ..DeviceConfig::default()
    })?;
    device.set_services_supported(EXECUTED_SERVICES);
    let objects = files.iter().map(make_file).collect::<Outcome<Vec<_>>>()?;
    let listed: Vec<_> = objects
        .iter()
        .map(BACnetObject::object_identifier)
        .collect();
    device.set_configuration_files(listed.clone());
    device.set_object_list([vec![identity.device_oid()], listed].concat());
    let mut database = ObjectDatabase::new();
    database.add(Box::new(device))?;
    for file in objects {
        database.add(Box::new(file))?;
    }
    Ok(database)
}

fn state_of(database: &ObjectDatabase, device: &ObjectIdentifier) -> State {
    let value = database.get(device).and_then(|object| {
        object
            .read_property(PropertyIdentifier::BACKUP_AND_RESTORE_STATE, None)
            .ok()
    });
    match value {
        Some(PropertyValue::Enumerated(raw)) => State::from_raw(raw),
        _ => State::IDLE,
    }
}

/// The moves of clause 19.1 that a device without preparation time makes.
fn reinitialize(
    asked: ReinitializedState,
    device: &ObjectIdentifier,
    database: &mut ObjectDatabase,
    restores: &mut u16,
) -> Result<(), Error> {
    let now = state_of(database, device);
    let busy = || Error::protocol(ErrorClass::DEVICE, ErrorCode::CONFIGURATION_IN_PROGRESS);
    let restored = asked == ReinitializedState::END_RESTORE;
    let (needed, next, status) = match asked {
        ReinitializedState::START_BACKUP => (
            State::IDLE,
            State::PERFORMING_A_BACKUP,
            DeviceStatus::BACKUP_IN_PROGRESS,
        ),
        ReinitializedState::START_RESTORE => (
            State::IDLE,
            State::PERFORMING_A_RESTORE,
            DeviceStatus::DOWNLOAD_IN_PROGRESS,
        ),
        ReinitializedState::END_BACKUP => (
            State::PERFORMING_A_BACKUP,
            State::IDLE,
            DeviceStatus::OPERATIONAL,
        ),
        ReinitializedState::END_RESTORE | ReinitializedState::ABORT_RESTORE => (
            State::PERFORMING_A_RESTORE,
            State::IDLE,
            DeviceStatus::OPERATIONAL,
        ),
        _ => {
            return Err(Error::protocol(
                ErrorClass::SERVICES,
                ErrorCode::SERVICE_REQUEST_DENIED,
            ));
        }
    };
    if now != needed {
        return Err(busy());
    }
    let object = database.get_mut(device).ok_or_else(busy)?;
    let mut authority = object.device_authority_internal().ok_or_else(busy)?;
    authority.set_backup_and_restore_state(next);
    authority.set_system_status(status);
    if restored {
        *restores += 1;
        authority.set_database_revision(u32::from(*restores));
        authority.set_last_restore_time(BACnetTimeStamp::SequenceNumber(*restores));
    }
    Ok(())
}

fn dump_file(database: &ObjectDatabase, instance: u32) -> Outcome<Value> {
    let object = database.get(&file_id(instance)?).ok_or("no such file")?;
    let file = object.file_configuration_internal().ok_or("not a file")?;
    let content = match file.stream_data() {
        Ok(octets) => Content::Stream(octets.to_vec()),
        Err(_) => Content::Records(file.record_data()?.to_vec()),
    };
    Ok(dump_of(instance, &content))
}

fn load_file(database: &mut ObjectDatabase, command: &Value) -> Outcome<()> {
    let object = database
        .get_mut(&file_id(number(command, "instance")?)?)
        .ok_or("no such file")?;
    let file = object
        .file_configuration_internal_mut()
        .ok_or("not a file")?;
    match content_of(command)? {
        Content::Stream(octets) => file.set_stream_data(octets)?,
        Content::Records(records) => file.set_record_data(records)?,
    }
    Ok(())
}

pub async fn run(config: &Value, mut commands: Commands) -> Outcome<()> {
    let files = config["files"]
        .as_array()
        .ok_or("files: not a list")?
        .clone();
    let identity = DeviceIdentity::new(number(config, "instance")?, 999)?
        .with_name("rusty-bacnet device")
        .with_max_apdu(u16::try_from(number(config, "maxApdu")?)?)?
        .with_segmentation(segmentation(config)?)
        .with_services(EXECUTED_SERVICES);
    let device = identity.device_oid();
    let database = make_database(&identity, &files)?;
    let asked = Arc::new(Mutex::new((Vec::<u32>::new(), 0u16)));
    let seen = Arc::clone(&asked);
    let mut server = BACnetServer::bip_builder()
        .device(identity)
        .database(database)
        .interface(loopback(config)?)
        .port(u16::try_from(number(config, "port")?)?)
        .broadcast_address("127.255.255.255".parse()?)
        .share_port_by_address(true) // bind this address, not all of them
        .reinit_password(text(config, "password")?)
        .on_reinitialize(move |context, database| {
            let mut seen = seen.lock().expect("no panic while held");
            seen.0.push(context.state.to_raw());
            reinitialize(context.state, &device, database, &mut seen.1)
        })
        .build()
        .await?;
    say(&json!({ "kind": "ready" }));
    while let Some(command) = commands.next().await? {
        match text(&command, "kind")? {
            "dump" => {
                let database = server.database().read().await;
                let all = database.find_by_type(ObjectType::FILE);
                let dumped: Outcome<Vec<_>> = all
                    .iter()
                    .map(|file| dump_file(&database, file.instance_number()))
                    .collect();
                say(&json!({
                    "kind": "dump",
                    "state": state_of(&database, &device).to_raw(),
                    "reinitializations": asked.lock().expect("no panic while held").0,
                    "files": dumped?,
                }));
            }
            "load" => {
                let mut database = server.database().write().await;
                for file in command["files"].as_array().ok_or("files: not a list")? {
                    load_file(&mut database, file)?;
                }
                say(&json!({ "kind": "loaded" }));
            }
            "remove" => {
                let mut database = server.database().write().await;
                database.remove(&file_id(number(&command, "instance")?)?)?;
                say(&json!({ "kind": "removed" }));
            }
            other => return Err(format!("no such command: {other}").into()),
        }
    }
    server.stop().await?;
    Ok(())
}

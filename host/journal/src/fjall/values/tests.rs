//! Values hold what they are given, bear any bytes, and stay as they were.

use proptest::prelude::*;

use super::*;

fn id() -> InstanceId {
    InstanceId { tenant: "acme".into(), instance: "order-1".into() }
}

fn row(status: Status, timer: Option<Instant>) -> Row {
    let head = Head {
        id: id(),
        workflow: "order".into(),
        digest: Digest("sha256:ab".into()),
        status,
        next: Seq(300),
        started: Instant(1_767_225_600_000),
        changed: Instant(1_767_225_600_001),
    };
    Row { head, chain: Chain([7; Chain::LEN]), timer }
}

fn letter(data: Value) -> Letter {
    Letter {
        id: MessageId("m-1".into()),
        to: id(),
        event: "paid".into(),
        data,
        at: Instant(5),
        expires: None,
    }
}

fn status() -> impl Strategy<Value = Status> {
    let until = prop::option::of(any::<u64>().prop_map(Instant));
    let texts = || prop::collection::vec(".{0,4}", 0..3);
    let waiting = (until, texts(), texts());
    prop_oneof![
        Just(Status::Ready),
        waiting.prop_map(|(until, events, on)| Status::Waiting(Waiting { until, events, on })),
        Just(Status::Finished),
        Just(Status::Paused),
        ".{0,4}".prop_map(Status::Failed),
        ".{0,4}".prop_map(Status::Diverged),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(status in status(), timer in prop::option::of(any::<u64>()), place in prop::option::of(any::<u64>())) {
        let row = row(status, timer.map(Instant));
        prop_assert_eq!(read_row(id(), &write_row(&row)), Ok(row));
        prop_assert_eq!(read_place(&write_place(place)), Ok(place));
    }

    #[test]
    fn any_bytes_may_be_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = (read_row(id(), &bytes), read_letter(id(), &bytes), read_place(&bytes), read_kept(&bytes));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Frozen, as the entries are: a later version reads these for ever.
#[test]
fn version_1_stays_as_it_was() {
    let waiting = Waiting { until: Some(Instant(9)), events: vec!["paid".into()], on: Vec::new() };
    let on = Status::Waiting(Waiting { on: vec!["turn".into()], ..waiting.clone() });
    let waiting = Status::Waiting(waiting);
    let rows = [
        (row(Status::Ready, None), "00", "00"),
        (row(waiting, Some(Instant(9))), "0101090104 70616964", "0109"),
        (row(on, None), "0501090104 70616964 01047475726e", "00"),
        (row(Status::Finished, None), "02", "00"),
        (row(Status::Paused, None), "06", "00"),
        (row(Status::Failed("x".into()), None), "030178", "00"),
        (row(Status::Diverged("y".into()), None), "040179", "00"),
    ];
    for (row, status, timer) in rows {
        let text = format!(
            "01 056f72646572 097368613235363a6162 {status} ac02 80d0eab6b733 81d0eab6b733 {timer} {}",
            "07".repeat(16)
        );
        assert_eq!(hex(&write_row(&row)), text.replace(' ', ""));
    }
    let small = letter(Value::Here(Json("{\"ö\":1}".into())));
    assert_eq!(hex(&write_letter(&small)), "01036d2d310470616964087b22c3b6223a317d05");
    assert_eq!(read_letter(id(), &write_letter(&small)), Ok(small));
    assert_eq!((hex(&write_place(None)), hex(&write_place(Some(300)))), ("0100".into(), "0101ac02".into()));
    let kept = (Instant(300), Value::Here(Json("1".into())));
    assert_eq!(hex(&write_kept(kept.0, &kept.1)), "01ac020131");
    assert_eq!(read_kept(&write_kept(kept.0, &kept.1)), Ok(kept));
    assert_eq!(read_place(&[2, 0]), Err(Flaw::Choice("version of a row", 2)));
}

/// Rows that refer to a large value.
#[test]
fn version_2_stays_as_it_was() {
    let value = Value::There(Reference { hash: [0xab; 32], length: 70_000 });
    let digest: String =
        format!("sha256:{}", "ab".repeat(32)).bytes().map(|byte| format!("{byte:02x}")).collect();
    let large = letter(value.clone());
    assert_eq!(hex(&write_letter(&large)), format!("02036d2d31047061696447{digest}f0a20405"));
    assert_eq!(read_letter(id(), &write_letter(&large)), Ok(large));
    assert_eq!(hex(&write_kept(Instant(300), &value)), format!("02ac0247{digest}f0a204"));
    assert_eq!(read_kept(&write_kept(Instant(300), &value)), Ok((Instant(300), value)));
    assert!(refers(&[2]) && !refers(&[1]) && !refers(&[]));
}

/// Messages that expire.
#[test]
fn versions_3_and_4_stay_as_they_were() {
    let small = Letter { expires: Some(Instant(300)), ..letter(Value::Here(Json("1".into()))) };
    assert_eq!(hex(&write_letter(&small)), "03036d2d310470616964013105ac02");
    assert_eq!(read_letter(id(), &write_letter(&small)), Ok(small));
    let value = Value::There(Reference { hash: [0xab; 32], length: 70_000 });
    let large = Letter { expires: Some(Instant(300)), ..letter(value) };
    let written = write_letter(&large);
    assert!(hex(&written).starts_with("04036d2d31047061696447") && hex(&written).ends_with("f0a20405ac02"));
    assert!(refers(&written) && !refers(&[3]));
    assert_eq!(read_letter(id(), &written), Ok(large));
}

//! The world as a package of a registry.

use wasmparser::Validator;
use wit_component::DecodedWasm;
use wit_parser::{PackageId, Resolve};

use super::super::{component::world, wit_package};

/// All that a package offers: worlds, interfaces and their functions.
fn offers(resolve: &Resolve, package: PackageId) -> Vec<String> {
    let package = &resolve.packages[package];
    let mut names: Vec<String> = package.worlds.keys().map(|world| format!("world {world}")).collect();
    for (name, interface) in &package.interfaces {
        let interface = &resolve.interfaces[*interface];
        names.extend(interface.functions.keys().map(|function| format!("{name} {function}")));
        names.extend(interface.types.keys().map(|kind| format!("{name} type {kind}")));
    }
    names.push(package.name.to_string());
    names.sort();
    names
}

#[test]
fn the_package_is_the_world() {
    let bytes = wit_package().unwrap();
    Validator::new().validate_all(&bytes).unwrap();
    let DecodedWasm::WitPackage(decoded, id) = wit_component::decode(&bytes).unwrap() else {
        unreachable!("a package and no component");
    };
    let (resolve, (workflow, _)) = world().unwrap();
    let there = offers(resolve, resolve.worlds[*workflow].package.unwrap());
    assert_eq!(offers(&decoded, id), there);
    assert!(
        there.iter().any(|name| name == "step call") && there.iter().any(|name| name == "world workflow")
    );
}

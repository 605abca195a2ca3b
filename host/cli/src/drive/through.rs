//! One instance, seen through.

use cairn_host::Host;

use super::{Concluded, Follow, Until, conclude, interrupted};
use crate::{
    data::verbs,
    exit::Exit,
    problem::Outcome,
    screen::{Hints, Paint, out},
};

/// Follows an instance that was started or taken up, says how it ended, and gives what the process ends with.
///
/// # Errors
///
/// The host's; a fault where stdout cannot be written.
pub(crate) async fn through(
    mut follow: Follow,
    host: &Host,
    id: &str,
    until: Until,
    hints: &Hints,
) -> Outcome<Exit> {
    let exit = match follow.one(id, until).await? {
        Some(shown) => conclude(&mut follow, &shown, hints)?,
        None => cut_short(&mut follow, host, id, hints).await?,
    };
    follow.end();
    Ok(exit)
}

async fn cut_short(follow: &mut Follow, host: &Host, id: &str, hints: &Hints) -> Outcome<Exit> {
    follow.report().quiet();
    if follow.report().json() {
        let shown = verbs::show(host, id).await?;
        follow.report().concluded(&Concluded::new(&shown.instance, None, None, Exit::Interrupted))?;
    }
    out::tell(&interrupted(&["resume", id], hints, Paint::stderr()));
    Ok(Exit::Interrupted)
}

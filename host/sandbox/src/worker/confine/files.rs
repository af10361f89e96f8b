//! Files: none but the compile cache, and what the system says of itself.

use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus,
};

/// What the engine asks the system for when it is set up: the processors that there are, the pages that are used.
const SYSTEM: [&str; 2] = ["/proc", "/sys"];
/// The version of the interface whose every access is given up. What an older kernel does not know of it stays.
const VERSION: ABI = ABI::V5;

/// Gives up all files but those. Says in words if the system does not do that.
pub(super) fn give_up(compile_cache: Option<&Path>) -> Result<(), String> {
    if let Some(folder) = compile_cache {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("the compile cache `{}`: {error}", folder.display()))?;
    }
    match restrict(compile_cache) {
        Ok(RulesetStatus::NotEnforced) => Err("this kernel does not let a process give up files (Landlock)".to_owned()),
        Ok(RulesetStatus::PartiallyEnforced | RulesetStatus::FullyEnforced) => Ok(()),
        Err(error) => Err(format!("files could not be given up (Landlock): {error}")),
    }
}

fn restrict(compile_cache: Option<&Path>) -> Result<RulesetStatus, RulesetError> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(VERSION))?
        .handle_access(AccessNet::from_all(VERSION))?
        .create()?;
    let readable = SYSTEM.iter().map(|folder| (Path::new(folder), AccessFs::from_read(VERSION)));
    let writable = compile_cache.map(|folder| (folder, AccessFs::from_all(VERSION)));
    for (folder, access) in readable.chain(writable) {
        // What is not there needs no rule.
        if let Ok(folder) = PathFd::new(folder) {
            rules = rules.add_rule(PathBeneath::new(folder, access))?;
        }
    }
    Ok(rules.restrict_self()?.ruleset)
}

//! The resources of one run: the clock, the databases, and the budget of steps and bytes. Processors, templates and
//! conditions use them without knowing the pipeline that runs them.

use super::failure::Failure;
use crate::geo::Databases;

/// The limit of processors that run for one document.
const MAX_STEPS: usize = 100_000;

/// The limit of bytes that are copied and rendered for one document.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The resources of one document's run through a pipeline.
#[derive(Debug)]
pub(super) struct Context<'s> {
    databases: Option<&'s Databases>,
    clock: fn() -> u64,
    steps: usize,
    bytes: usize,
}

impl<'s> Context<'s> {
    pub(super) fn new(databases: Option<&'s Databases>, clock: fn() -> u64) -> Context<'s> {
        Context { databases, clock, steps: 0, bytes: 0 }
    }

    /// Returns the clock: milliseconds since 1970.
    pub(super) fn clock(&self) -> fn() -> u64 {
        self.clock
    }

    /// Returns the databases for addresses.
    pub(super) fn databases(&self) -> Option<&'s Databases> {
        self.databases
    }

    /// Counts bytes that are copied or rendered.
    ///
    /// # Errors
    /// More than 64 MiB for one document.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), Failure> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > MAX_BYTES {
            let reason = format!("the pipeline copies more than [{MAX_BYTES}] bytes for one document");
            return Err(Failure::illegal_argument(reason));
        }
        Ok(())
    }

    /// Counts a processor that runs.
    ///
    /// # Errors
    /// More than 100,000 processors for one document.
    pub(super) fn count_step(&mut self) -> Result<(), Failure> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            let reason = format!("the pipeline runs more than [{MAX_STEPS}] processors for one document");
            return Err(Failure::illegal_argument(reason));
        }
        Ok(())
    }
}

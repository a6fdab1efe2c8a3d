//! The library of a database driver, and how many rows it says that its answer has.
use super::input_error;
use crate::PublishError;
use adbc_core::{
    LOAD_FLAG_DEFAULT,
    constants::{ADBC_STATUS_INTERNAL, ADBC_STATUS_OK},
    error::AdbcStatusCode,
    options::AdbcVersion,
};
use adbc_driver_manager::{
    ManagedDriver,
    search::{DriverLibrary, SearchHit},
};
use adbc_ffi::{FFI_AdbcDriver, FFI_AdbcError, FFI_AdbcStatement};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use std::{
    cell::{Cell, RefCell},
    ffi::{OsStr, c_int, c_void},
    path::Path,
};

const VERSION: AdbcVersion = AdbcVersion::V110;

type Execute = unsafe extern "C" fn(*mut FFI_AdbcStatement, *mut FFI_ArrowArrayStream, *mut i64, *mut FFI_AdbcError) -> AdbcStatusCode;

/// By its path, or by its name: looked for where drivers are installed.
pub(super) fn load(name: &str, entrypoint: Option<&[u8]>) -> Result<ManagedDriver, PublishError> {
    let loaded = if ends_early_in_silence(name) {
        load_counting(name, entrypoint)
    } else if is_path(name) {
        ManagedDriver::load_dynamic_from_filename(name, entrypoint, VERSION)
    } else {
        ManagedDriver::load_from_name(name, entrypoint, VERSION, LOAD_FLAG_DEFAULT, None)
    };
    loaded.map_err(|error| {
        let hint = "install the driver (for PostgreSQL: `pip install adbc-driver-postgresql`) and give the path of its shared library, \
                    or its name where the system finds it";
        input_error(name, &error.message, Some(hint))
    })
}

fn is_path(name: &str) -> bool {
    Path::new(name).components().count() > 1
}

/// BigQuery's driver (1.11 and those of other vendors that descend from it) ends its rows as if they were all when reading them fails. What
/// it said before is right: how many there are.
fn ends_early_in_silence(name: &str) -> bool {
    Path::new(name).file_name().and_then(OsStr::to_str).is_some_and(|name| name.contains("bigquery"))
}

thread_local! {
    /// A driver on its way to its manager.
    static LOADED: RefCell<Option<FFI_AdbcDriver>> = const { RefCell::new(None) };
    static EXECUTE: Cell<Option<Execute>> = const { Cell::new(None) };
    static TOLD: Cell<Option<i64>> = const { Cell::new(None) };
}

/// How many rows the answer has, where the driver of the query that this thread executed last was asked and says so.
pub(super) fn take_told_rows() -> Option<u64> {
    TOLD.take().and_then(|n| u64::try_from(n).ok())
}

/// The manager does not ask a driver how many rows there are. It is given one that is asked nevertheless.
fn load_counting(name: &str, entrypoint: Option<&[u8]>) -> adbc_core::error::Result<ManagedDriver> {
    let (library, entrypoint) = if is_path(name) {
        (DriverLibrary::load_library(name)?, entrypoint.unwrap_or(b"AdbcDriverInit").to_vec())
    } else {
        let hit = DriverLibrary::search(name, LOAD_FLAG_DEFAULT, None)?;
        let entrypoint = hit.resolve_entrypoint(entrypoint).into_owned();
        let SearchHit { library, .. } = hit;
        (library, entrypoint)
    };
    let mut driver = DriverLibrary::try_from_dynamic_library(&library, &entrypoint)?.init_driver(VERSION)?;
    // Its functions are called until the process ends.
    std::mem::forget(library);
    EXECUTE.set(driver.StatementExecuteQuery.replace(execute));
    LOADED.set(Some(driver));
    ManagedDriver::load_static(&(hand_over as _), VERSION)
}

unsafe extern "C" fn hand_over(_version: c_int, place: *mut c_void, _error: *mut FFI_AdbcError) -> AdbcStatusCode {
    let Some(driver) = LOADED.take() else { return ADBC_STATUS_INTERNAL };
    // SAFETY: the manager gives the place of a driver, which is one already, though an empty one.
    unsafe { *place.cast::<FFI_AdbcDriver>() = driver };
    ADBC_STATUS_OK
}

unsafe extern "C" fn execute(
    statement: *mut FFI_AdbcStatement,
    answer: *mut FFI_ArrowArrayStream,
    _n_rows: *mut i64,
    error: *mut FFI_AdbcError,
) -> AdbcStatusCode {
    let Some(execute) = EXECUTE.get() else { return ADBC_STATUS_INTERNAL };
    let mut n_rows = -1;
    // SAFETY: what the manager gave, and a number that outlives the call.
    let status = unsafe { execute(statement, answer, &mut n_rows, error) };
    TOLD.set((status == ADBC_STATUS_OK).then_some(n_rows));
    status
}

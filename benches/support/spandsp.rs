//! spandsp's key detector, by its C interface: the one most telephone software uses.
//!
//! This is the only module of the benches that may be unsafe, because a foreign function cannot
//! be called otherwise. It is compiled into the benches alone, and only with the feature `peers`.
//! Declared as in Debian's libspandsp-dev 0.0.6, `spandsp/dtmf.h`.

#![allow(unsafe_code, reason = "foreign functions cannot be called otherwise")]

use std::{
    ffi::{c_char, c_int, c_void},
    marker::{PhantomData, PhantomPinned},
    ptr::{NonNull, null_mut},
};

use voiceagent::Key;

use super::Listener;

/// `dtmf_rx_state_t`, whose contents are the library's own.
#[repr(C)]
struct State {
    opaque: [u8; 0],
    _not_send_sync_unpin: PhantomData<(*mut u8, PhantomPinned)>,
}

#[link(name = "spandsp")]
unsafe extern "C" {
    fn dtmf_rx_init(
        state: *mut State,
        callback: Option<extern "C" fn(*mut c_void, *const c_char, c_int)>,
        user_data: *mut c_void,
    ) -> *mut State;
    fn dtmf_rx(state: *mut State, samples: *const i16, length: c_int) -> c_int;
    fn dtmf_rx_get(state: *mut State, digits: *mut c_char, max: c_int) -> usize;
    fn dtmf_rx_free(state: *mut State) -> c_int;
}

/// A receiver with the library's own settings.
pub(crate) struct Spandsp(NonNull<State>);

impl Spandsp {
    pub(crate) fn new() -> Self {
        // SAFETY: given no memory it allocates its own; without a callback it keeps the digits
        // and never looks at the user's data.
        let state = unsafe { dtmf_rx_init(null_mut(), None, null_mut()) };
        Self(NonNull::new(state).expect("it only fails when memory is exhausted"))
    }
}

impl Listener for Spandsp {
    fn hear_keys(&mut self, frame: &[i16], on_key: &mut impl FnMut(Key)) {
        let length = c_int::try_from(frame.len()).expect("a frame is short");
        let mut digits = [0; MOST_DIGITS + 1];
        // SAFETY: the state is alive until it is dropped and nobody else has it; `samples` and
        // `length` are one slice, which is only read; `digits` has room for the most that is
        // asked for and the zero after them.
        let told = unsafe {
            dtmf_rx(self.0.as_ptr(), frame.as_ptr(), length);
            dtmf_rx_get(self.0.as_ptr(), digits.as_mut_ptr(), MOST_DIGITS as c_int)
        };
        for digit in &digits[..told] {
            on_key(Key::from_char(*digit as u8 as char).expect("it tells of keys alone"));
        }
    }
}

impl Drop for Spandsp {
    fn drop(&mut self) {
        // SAFETY: it came from `dtmf_rx_init` and is not used any more.
        unsafe {
            dtmf_rx_free(self.0.as_ptr());
        }
    }
}

/// That can be told in one frame; there is time for one.
const MOST_DIGITS: usize = 8;

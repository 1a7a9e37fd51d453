//! Many recordings at once, told of in their order.

use std::{
    collections::BTreeMap,
    io,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

/// Does `work` on each of `items` in so many threads; hands the results on in the items' order,
/// and calls `on_tick` some times a second until all is done.
///
/// # Errors
/// The first that `on_result` gives: then no more work is begun.
pub(super) fn work<'a, T: Sync, R: Send>(
    threads: usize,
    items: &'a [T],
    work: impl Fn(&'a T) -> R + Sync,
    mut on_result: impl FnMut(R) -> io::Result<()>,
    mut on_tick: impl FnMut(),
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    let enough = AtomicBool::new(false);
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads.clamp(1, items.len().max(1)) {
            let sender = sender.clone();
            scope.spawn(|| {
                let sender = sender;
                while !enough.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(number) else { break };
                    if sender.send((number, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut due = 0;
        loop {
            match results.recv_timeout(TICK) {
                Ok((number, result)) => {
                    early.insert(number, result);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            while let Some(result) = early.remove(&due) {
                due += 1;
                on_result(result).inspect_err(|_| enough.store(true, Ordering::Relaxed))?;
            }
            on_tick();
        }
    })
}

/// Often enough for a progress bar to move.
const TICK: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..50).collect();
        let mut results = Vec::new();
        let slow_first = |&item: &u64| {
            thread::sleep(Duration::from_millis((50 - item) % 7));
            item
        };
        let take = |result| {
            results.push(result);
            Ok(())
        };
        work(8, &items, slow_first, take, || ()).expect("nothing fails");
        assert_eq!(results, items);
    }

    #[test]
    fn after_an_error_no_more_is_begun() {
        let items: Vec<u64> = (0..10_000).collect();
        let begun = AtomicUsize::new(0);
        let count = |_: &u64| begun.fetch_add(1, Ordering::Relaxed);
        let fail = |_| Err(io::ErrorKind::BrokenPipe.into());
        let result: io::Result<()> = work(
            1,
            &items,
            |item| {
                thread::sleep(Duration::from_millis(1));
                count(item)
            },
            fail,
            || (),
        );
        assert!(result.is_err());
        assert!(begun.into_inner() < items.len());
    }
}

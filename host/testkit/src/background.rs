//! A server on a thread of its own. Tests drive the code under test from any runtime, or from none; so each
//! server brings its own single-threaded one, and dropping its handle stops it and waits until it is gone.

use std::future::Future;
use std::io;
use std::thread::JoinHandle;

use tokio::sync::watch;

/// A running server. Dropping it ends the server's tasks and joins its thread.
#[derive(Debug)]
pub struct Background {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Runs `serve` until it ends or the handle is dropped.
    ///
    /// # Errors
    /// Where the runtime or the thread cannot be made.
    pub fn start<F, Fut>(name: &str, serve: F) -> io::Result<Self>
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = ()>,
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, mut stopped) = watch::channel(false);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve() => {}
                    // An error means that the handle is gone, which is the same wish.
                    _ = stopped.changed() => {}
                }
            });
            // Connections that hang on purpose must not hold up the test.
            runtime.shutdown_background();
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // A server that has already ended listens no more.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Runs one future to its end on a thread of its own, so that a test may call it inside a runtime or outside.
///
/// # Errors
/// Where the runtime cannot be made or the future panics.
pub fn block_on<F, Fut, T>(make: F) -> io::Result<T>
where
    F: FnOnce() -> Fut + Send + 'static,
    Fut: Future<Output = T>,
    T: Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let thread = std::thread::spawn(move || runtime.block_on(make()));
    thread.join().map_err(|_| io::Error::other("the task panicked"))
}

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Ready at the second poll, so that what runs at the same time interleaves as it does in a browser.
#[derive(Default)]
pub struct Later {
    polled: bool,
}

impl Future for Later {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.polled, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

//! The server of the loopback figures: one fixed reply to each request, as little work as a server can do, on a
//! thread of its own. Both sides of a ratio ask the same one.

use std::{
    net::{Ipv4Addr, SocketAddr},
    thread,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const BODY: &str =
    r#"{"data":{"data":{"password":"correct-horse"},"metadata":{"version":1,"deletion_time":""}}}"#;

/// Starts it; it ends with the process.
pub(crate) fn start() -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(accept(listener));
    });
    address
}

async fn accept(listener: std::net::TcpListener) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        tokio::spawn(serve(stream));
    }
}

/// One request at a time: neither side sends a second one before it has its reply.
async fn serve(mut stream: TcpStream) {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let reply = format!("{head}Content-Length: {}\r\n\r\n{BODY}", BODY.len());
    let (mut buffer, mut filled) = ([0_u8; 4096], 0);
    loop {
        match stream.read(&mut buffer[filled..]).await {
            Ok(read @ 1..) => filled += read,
            _ => return,
        }
        if buffer[..filled].ends_with(b"\r\n\r\n") {
            filled = 0;
            if stream.write_all(reply.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

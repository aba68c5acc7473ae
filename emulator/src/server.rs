//! The socket, from start to end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response};
use axum::routing::any;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use dcs_emulator_core::app::App;
use dcs_emulator_core::config::{MAX_BODY, POD_IDENTITY_PATH};
use dcs_emulator_core::fleet::nodes::Provider;
use dcs_emulator_core::fleet::nodes::embedded::InMemory;
use dcs_emulator_core::script::Script;

use crate::options::Options;
use crate::redis::RedisNodes;
use crate::runtime::Process;
use crate::{lock, site, wire};

/// What the core answers; beside files, everything else is a file.
const PATHS: [&str; 9] = [
    "/v2/{*rest}",
    "/v3/{*rest}",
    "/v3.0/{*rest}",
    "/v5/{*rest}",
    "/V1.0/{*rest}",
    "/meta-data/{*rest}",
    "/openstack/{*rest}",
    "/_emulator/{*rest}",
    POD_IDENTITY_PATH,
];

/// A listening emulator.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
}

/// Why the HTTP library must let go of a connection.
#[derive(Debug)]
struct Taken;

impl std::fmt::Display for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a fault takes the connection")
    }
}

impl std::error::Error for Taken {}

impl Server {
    /// Starts the instances and listens.
    ///
    /// # Errors
    /// A port that is taken, or a node that does not start.
    pub async fn start(options: Options) -> Result<Self, String> {
        let listener = TcpListener::bind(("127.0.0.1", options.port))
            .await
            .map_err(|e| format!("port {} on 127.0.0.1: {e}", options.port))?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        let www = options.www.clone();
        if let Some(folder) = &www
            && !folder.is_dir()
        {
            return Err(format!("{} is no folder", folder.display()));
        }
        let nodes: Box<dyn Provider> = if options.redis {
            Box::new(RedisNodes)
        } else {
            Box::new(InMemory)
        };
        let app = App::start(options.core(), Arc::new(Process), nodes).await?;
        let services = any(handle).with_state(app);
        let router = match www {
            Some(folder) => PATHS
                .iter()
                .fold(Router::new(), |router, path| {
                    router.route(path, services.clone())
                })
                .fallback_service(site::files(&folder)),
            None => Router::new().fallback_service(services),
        };
        Ok(Self {
            listener,
            address,
            router,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until an error of the listener itself.
    ///
    /// # Errors
    /// That error.
    pub async fn run(self) -> Result<(), String> {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(connection(stream, self.router.clone()));
                }
                // A client that left before it was accepted, or too many open files for a moment.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            }
        }
    }
}

/// Hands a request to the core, with its body unless that is too long.
async fn handle(State(app): State<Arc<App>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, MAX_BODY).await.ok();
    let answer = app.answer(Request::from_parts(parts, body)).await;
    answer.map(Body::from)
}

async fn connection(stream: TcpStream, router: Router) {
    // Small answers should not wait for more to come.
    let _ = stream.set_nodelay(true);
    let taken: Arc<Mutex<Option<Script>>> = Arc::default();
    let slot = Arc::clone(&taken);
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, slot) = (router.clone(), Arc::clone(&slot));
        // Taking the socket back later needs a connection that can move.
        Box::pin(async move { answer(router, request, &slot).await })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let ended = std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    let mut stream = connection.into_parts().io.into_inner();
    let script = lock(&taken).take();
    match script {
        // The client may leave in the midst of it, which is what some faults are for.
        Some(script) => drop(wire::play(script, &mut stream).await),
        None if ended.is_ok() => drop(tokio::io::AsyncWriteExt::shutdown(&mut stream).await),
        None => {}
    }
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    slot: &Mutex<Option<Script>>,
) -> Result<Response<Body>, Taken> {
    let answered: Result<_, Infallible> = router.oneshot(request.map(Body::new)).await;
    let mut response = answered.unwrap_or_else(|never| match never {});
    match response.extensions_mut().remove::<Script>() {
        Some(script) => {
            *lock(slot) = Some(script);
            Err(Taken)
        }
        None => Ok(response),
    }
}

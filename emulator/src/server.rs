//! The socket, from start to end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use axum::routing::any;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use crate::app::App;
use crate::config::{Options, POD_IDENTITY_PATH};
use crate::wire::Script;
use crate::{admin, gateway, lock, site};

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
        let app = App::start(options).await?;
        let services = any(gateway::handle).with_state(Arc::clone(&app));
        let mut router = Router::new()
            .route("/v2/{*rest}", services.clone())
            .route("/v3/{*rest}", services.clone())
            .route("/v3.0/{*rest}", services.clone())
            .route("/v5/{*rest}", services.clone())
            .route("/V1.0/{*rest}", services.clone())
            .route(POD_IDENTITY_PATH, services.clone())
            .route("/meta-data/{*rest}", services.clone())
            .route("/openstack/{*rest}", services.clone())
            .merge(admin::routes(app));
        router = match www {
            Some(folder) => router.fallback_service(site::files(&folder)),
            None => router.fallback_service(services),
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
        Some(script) => drop(script.play(&mut stream).await),
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

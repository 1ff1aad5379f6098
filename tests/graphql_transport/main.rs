//! The GraphQL transports from outside: real sockets, a small schema of our own.

mod fixture;
mod ws_client;

mod explorer;
mod hostile;
mod http_answers;
mod http_requests;
mod sse;
mod ws_limits;
mod ws_protocol;

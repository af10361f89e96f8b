//! What a workflow may ask of the host, as text of its component: each import with the core function that calls it.

/// `resolve-jwt` of the contract as the core function `$resolve`: token, length, where the answer goes.
pub(super) const RESOLVE_JWT: &str = r#"
  (import "usher:provisioning/identity@0.1.0" (instance $identity
    (type $verified' (record (field "identifier" string) (field "claims" string)))
    (export "verified-jwt" (type $verified (eq $verified')))
    (type $verification' (variant (case "verified" $verified) (case "rejected" string)))
    (export "jwt-verification" (type $verification (eq $verification')))
    (type $error' (variant (case "invalid" string) (case "unavailable" string) (case "exhausted" string)))
    (export "read-error" (type $error (eq $error')))
    (export "resolve-jwt" (func (param "token" string) (result (result $verification (error $error)))))))
  (core func $resolve (canon lower (func $identity "resolve-jwt") (memory $memory) (realloc $realloc)))"#;

/// `write` of the contract's log as the core function `$write`: level, text, length.
pub(super) const LOG: &str = r#"
  (import "usher:provisioning/log@0.1.0" (instance $log
    (type $level' (enum "debug" "info" "warn" "error"))
    (export "level" (type $level (eq $level')))
    (export "write" (func (param "level" $level) (param "message" string)))))
  (core func $write (canon lower (func $log "write") (memory $memory)))"#;

/// `get` of the contract's variables as the core function `$get`: name, length, where the answer goes.
pub(super) const ENV: &str = r#"
  (import "usher:provisioning/env@0.1.0" (instance $env
    (export "get" (func (param "name" string) (result (option string))))))
  (core func $get (canon lower (func $env "get") (memory $memory) (realloc $realloc)))"#;

/// The frozen streams: `$stderr` hands one out, `$print` takes stream, bytes, length and where the answer goes, and
/// `$subscribe` makes one more thing to wait for.
pub(super) const STREAMS: &str = r#"
  (import "wasi:io/error@0.2.0" (instance $errors (export "error" (type (sub resource)))))
  (alias export $errors "error" (type $io-error))
  (import "wasi:io/poll@0.2.0" (instance $polls
    (export "pollable" (type $pollable (sub resource)))
    (export "poll" (func (param "in" (list (borrow $pollable))) (result (list u32))))))
  (alias export $polls "pollable" (type $pollable'))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $output (sub resource)))
    (export "pollable" (type $pollable (eq $pollable')))
    (export "error" (type $error (eq $io-error)))
    (type $failure' (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $failure (eq $failure')))
    (export "[method]output-stream.write"
      (func (param "self" (borrow $output)) (param "contents" (list u8)) (result (result (error $failure)))))
    (export "[method]output-stream.subscribe" (func (param "self" (borrow $output)) (result (own $pollable))))))
  (alias export $streams "output-stream" (type $output'))
  (import "wasi:cli/stderr@0.2.0" (instance $stderr'
    (export "output-stream" (type $output (eq $output')))
    (export "get-stderr" (func (result (own $output))))))
  (core func $stderr (canon lower (func $stderr' "get-stderr")))
  (core func $print (canon lower (func $streams "[method]output-stream.write") (memory $memory)))
  (core func $subscribe (canon lower (func $streams "[method]output-stream.subscribe")))
  (core func $poll (canon lower (func $polls "poll") (memory $memory) (realloc $realloc)))
  (core func $drop (canon resource.drop $pollable'))"#;

/// The frozen clock as `$now`, and `$later`, which makes something to wait for.
pub(super) const CLOCK: &str = r#"
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock (export "now" (func (result u64)))))
  (core func $now (canon lower (func $clock "now")))"#;

/// The frozen randomness: `$number`, and `$bytes`, which takes how many and where the answer goes.
pub(super) const RANDOM: &str = r#"
  (import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-u64" (func (result u64)))
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
  (core func $number (canon lower (func $random "get-random-u64")))
  (core func $bytes (canon lower (func $random "get-random-bytes") (memory $memory) (realloc $realloc)))"#;

/// The way out of a program as `$exit`.
pub(super) const EXIT: &str = r#"
  (import "wasi:cli/exit@0.2.0" (instance $exit' (export "exit" (func (param "status" (result))))))
  (core func $exit (canon lower (func $exit' "exit")))"#;

/// The environment as `$environment`, which takes where the answer goes.
pub(super) const ENVIRONMENT: &str = r#"
  (import "wasi:cli/environment@0.2.0" (instance $environment'
    (export "get-environment" (func (result (list (tuple string string)))))))
  (core func $environment (canon lower (func $environment' "get-environment") (memory $memory) (realloc $realloc)))"#;

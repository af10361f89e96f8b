//! What a request and answers to look-ups consist of, member by member, in the order of `wit/types.wit` and `wit/identity.wit`.
#![expect(clippy::as_conversions, reason = "what a case of an enumeration is written as")]

use super::lower::{Needed, Stored, Writer, begin, plain};
use crate::bindings::identity::{IdentityLink, JwtVerification, ReadError, User, VerifiedJwt};
use crate::request::{
    AuthType, BotCategory, BotTag, Context, Customer, DeviceClass, Http, Identity, Request, Resource, UserType, Utm,
};

/// Records, with all of their members.
macro_rules! records {
    ($($record:ident { $($member:ident),+ $(,)? })+) => {
        $(
            impl Stored for $record {
                #[inline]
                fn count(&self, needed: &mut Needed) {
                    let Self { $($member),+ } = self;
                    $($member.count(needed);)+
                }

                #[inline]
                fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()> {
                    let Self { $($member),+ } = self;
                    let end = at;
                    $(
                        let at = begin($member, end);
                        $member.store(at, to)?;
                        let end = at.saturating_add(bytes($member));
                    )+
                    let _ = end;
                    Ok(())
                }
            }
        )+
    };
}

/// How many bytes a member has.
#[inline]
fn bytes<T: Stored>(_: &T) -> usize {
    T::bytes()
}

/// Variants, each of whose cases has a value.
macro_rules! variants {
    ($($variant:ident { $($case:ident = $number:literal),+ $(,)? })+) => {
        $(
            impl Stored for $variant {
                fn count(&self, needed: &mut Needed) {
                    match self {
                        $(Self::$case(value) => value.count(needed),)+
                    }
                }

                fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()> {
                    // The value of each case begins behind its number, where any of them may.
                    let place = at.saturating_add(Self::align());
                    match self {
                        $(Self::$case(value) => {
                            to.bytes(at, &[$number])?;
                            value.store(place, to)
                        })+
                    }
                }
            }
        )+
    };
}

records! {
    Request { identity, context, http, resource, customer, instant }
    Identity { auth_type, user_type, identifier, claims, test_group_100 }
    Context {
        bot_tags, city, continent, country_code, metro_code, original_user_agent, postal_code, region, region_code, timezone,
        user_agent, is_eu_country, is_verified_bot_request, latitude, longitude, device_class, product, utc_offset_seconds,
    }
    BotTag { category, code, is_verified, operator, product }
    Http { url, referer, utm, cookies, client_ip }
    Utm { source, medium, campaign, term, content }
    Resource { id, meta, extra }
    Customer { is_customer, has_products, customer_identifiers, product_ids }
    User { identifier, user_type }
    IdentityLink { source, target, mode }
    VerifiedJwt { identifier, claims }
}

variants! {
    ReadError { Invalid = 0, Unavailable = 1, Exhausted = 2 }
    JwtVerification { Verified = 0, Rejected = 1 }
}

// The number of a case has one byte.
plain!(|case| [*case as u8]; AuthType, UserType, DeviceClass, BotCategory);

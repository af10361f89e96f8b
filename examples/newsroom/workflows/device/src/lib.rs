//! What fits the screen: small pictures on a phone, the best ones on a wall.

use usher_guest::{DeviceClass, Request, workflow};

/// Phones spare their owners' data, unless these ask for more with a cookie. Unknown devices get what all get.
#[workflow]
fn device(request: &Request) -> Option<&'static str> {
    match request.context().device_class {
        DeviceClass::Mobile if request.http().cookie("data-saver") == Some("off") => None,
        DeviceClass::Mobile => Some("pocket"),
        DeviceClass::Desktop | DeviceClass::Tv => Some("big-screen"),
        DeviceClass::Tablet | DeviceClass::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{DeviceClass, device};
    use usher_guest::testing;

    #[test]
    fn screens_get_what_fits_them() {
        let look_at = |class| device(&testing::request().device(class).build());
        assert_eq!(look_at(DeviceClass::Mobile), Some("pocket"));
        assert_eq!(look_at(DeviceClass::Desktop), Some("big-screen"));
        assert_eq!(look_at(DeviceClass::Tv), Some("big-screen"));
        assert_eq!(look_at(DeviceClass::Tablet), None);
        assert_eq!(look_at(DeviceClass::Unknown), None);
    }

    #[test]
    fn a_reader_may_spend_their_own_data() {
        let phone = testing::request().device(DeviceClass::Mobile);
        assert_eq!(device(&phone.clone().cookie("data-saver", "off").build()), None);
        assert_eq!(device(&phone.cookie("data-saver", "on").build()), Some("pocket"));
    }
}

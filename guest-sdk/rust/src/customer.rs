//! What the billing side knows about the user.

use crate::Customer;

/// # Products
impl Customer {
    /// Tells whether they hold this product.
    ///
    /// ```
    /// let request = usher_guest::testing::request().product("prod_archive").build();
    /// assert!(request.customer().has_product("prod_archive"));
    /// assert!(!request.customer().has_product("prod_video"));
    /// ```
    pub fn has_product(&self, id: &str) -> bool {
        self.product_ids.iter().any(|held| held == id)
    }
}

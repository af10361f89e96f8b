//! Returns the plan that is kept for the user under `plan`.

use usher_guest::identity::{ReadError, read_custom_data};
use usher_guest::{Request, workflow};

#[workflow]
fn reads_plan(request: &Request) -> Result<Option<String>, ReadError> {
    read_custom_data::<String>(&request.identity().user(), "plan")
}

use usher_guest::{Request, identity, workflow};

async fn look_up(request: &Request) -> Result<Option<String>, identity::ReadError> {
    identity::read_custom_data(&request.identity().user(), "plan")
}

#[workflow]
async fn tier(request: &Request) -> Result<Option<String>, identity::ReadError> {
    look_up(request).await
}

fn main() {}

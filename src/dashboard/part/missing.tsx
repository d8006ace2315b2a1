import { Link } from "@tanstack/react-router";

export function Missing() {
  return (
    <div className="card">
      <p className="empty">
        There is nothing at this address.{" "}
        <Link className="link" to="/">
          Overview
        </Link>
      </p>
    </div>
  );
}

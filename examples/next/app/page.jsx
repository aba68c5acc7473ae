export default function Page() {
  return <p>Your pages</p>;
}

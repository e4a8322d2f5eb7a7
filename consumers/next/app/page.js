export default function Page() {
  return <p>Routes alone are looked at.</p>;
}
